"""What the translation to DuckDB lets pass: names of sqlglot's node classes, functions and date format elements.

A name enters this list together with a test in tests/warehouse/test_dialect.py that shows both engines agreeing on it
(tests/conformance/test_engines_agree.py asks Google's own evaluator).
"""

from __future__ import annotations

_GRAMMAR = """
Add Alias All And Any Array Between Boolean Bracket CTE Case Column ColumnDef Create DPipe DataType DataTypeParam Delete
Distinct Div Dot Drop EQ Escape Except Exists Expression Filter From GT GTE Group Having HavingMax Identifier If
IgnoreNulls In Insert Intersect Interval Is JSONPath JSONPathKey JSONPathRoot JSONPathSubscript Join Kwarg LT LTE
Lateral Like Limit Literal Merge Mod Mul NEQ Neg Not Null NullSafeEQ NullSafeNEQ Offset Or Order Ordered Paren
Parameter Properties PartitionedByProperty ClusteredByProperty Cluster ClusterProperty PropertyEQ Qualify RawString
RespectNulls Schema Select Star Struct Sub Subquery Table TableAlias TruncateTable Tuple Union Unnest Update Values Var
WeekStart When Whens Where Window WindowSpec Windows With NotNullColumnConstraint ColumnConstraint GroupingSets Rollup
Cube TemporaryProperty
"""

_FUNCTION_CLASSES = """
Abs Acos Anonymous AnyValue ArgMax ArgMin ArrayAgg ArrayConcat ArraySize ArrayToString Asin Atan Atan2 Avg Cast Ceil
Coalesce Concat Cos Count CountIf CumeDist CurrentDate CurrentTimestamp Date DateAdd DateDiff DateFromParts
DateFromUnixDate DateSub DateTrunc DenseRank EndsWith Exp Extract FirstValue Floor Format GenerateDateArray
GenerateSeries Greatest GroupConcat Hex IntDiv JSONExtractScalar Lag LastDay LastValue Lead Least Left Length Ln
LogicalAnd LogicalOr Lower LowerHex MD5Digest Max Min Normalize NthValue Ntile Nullif Pad PercentRank Pow Rank
RegexpExtract RegexpLike RegexpReplace Repeat Replace Reverse Right Round RowNumber SHA2Digest SafeDivide Sign Sin Split
Sqrt StartsWith Stddev StddevPop StddevSamp StrPosition StrToDate Substring Sum Tan TimeToStr Timestamp TimestampDiff
MD5 Trim Trunc TryCast TsOrDsToDate UnixDate UnixMicros Upper VariancePop Variance
"""

CLASSES = frozenset((_GRAMMAR + _FUNCTION_CLASSES).split())
FUNCTIONS = frozenset({"ERROR"})
"""Functions that sqlglot has no class for and DuckDB computes alike."""
DATE_FORMATS = frozenset({"%Y", "%m", "%d", "%H", "%M", "%S", "%B", "%b", "%A", "%a", "%j", "%y", "%%"})
