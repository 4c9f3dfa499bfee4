"""What the translation to DuckDB lets pass: names of sqlglot's node classes, functions and date format elements.

A name enters this list together with a test in tests/warehouse/test_dialect.py that shows both engines agreeing on it
(tests/conformance/test_engines_agree.py asks Google's own evaluator).
"""

from __future__ import annotations

_GRAMMAR = """
Add Alias All And Any Array Between BitwiseAnd BitwiseOr BitwiseOrAgg Boolean Bracket CTE Case Cluster ClusterProperty
ClusteredByProperty Column ColumnConstraint ColumnDef Create Cube DPipe DataType DataTypeParam Delete Distinct Div Dot
Drop EQ Escape Except Exists Expression Filter From GT GTE Group GroupingSets Having HavingMax Identifier If
IgnoreNulls In Insert Intersect Interval Is JSONPath JSONPathKey JSONPathRoot JSONPathSubscript Join Kwarg LT LTE
Lateral Like Limit Literal Merge Mod Mul NEQ Neg Not NotNullColumnConstraint Null NullSafeEQ NullSafeNEQ Offset Or
Order Ordered Parameter Paren PartitionedByProperty Properties Property PropertyEQ Qualify RawString RespectNulls
Rollup Schema Select Star Struct Sub Subquery Table TableAlias TruncateTable Tuple Union Unnest Update Values Var
WeekStart When Whens Where Window WindowSpec Windows With
"""

_FUNCTION_CLASSES = """
Abs Acos Anonymous AnyValue ArrayAgg ArrayConcat ArraySize ArrayToString Asin Atan Atan2 Avg Cast Ceil Coalesce Concat
Cos Count CountIf CumeDist CurrentDate CurrentTimestamp Date DateAdd DateDiff DateFromParts DateFromUnixDate DateSub
DateTrunc DenseRank EndsWith Exp Extract FirstValue Floor Format GenerateDateArray GenerateSeries Greatest GroupConcat
Hex IntDiv IsInf IsNan JSONExtractScalar Lag LastDay LastValue Lead Least Left Length Ln Log LogicalAnd LogicalOr
Lower LowerHex MD5 MD5Digest Max Min Normalize NthValue Ntile Nullif Pad PercentRank PercentileCont Pow Rank
RegexpExtract RegexpExtractAll RegexpLike RegexpReplace Repeat Replace Reverse Right Round RowNumber SHA2Digest
SafeDivide Sign Sin Split Sqrt StartsWith Stddev StddevPop StddevSamp StrPosition StrToDate Substring Sum Tan
TimeToStr Timestamp TimestampAdd TimestampDiff TimestampSub TimestampTrunc Trim Trunc TryCast TsOrDsToDate
TsOrDsToTimestamp UnixDate UnixMicros Upper Variance VariancePop
"""

CLASSES = frozenset((_GRAMMAR + _FUNCTION_CLASSES).split())
FUNCTIONS = frozenset({"ERROR"})
"""Functions that sqlglot has no class for and DuckDB computes alike."""
DATE_FORMATS = frozenset({"%Y", "%m", "%d", "%H", "%M", "%S", "%B", "%b", "%A", "%a", "%j", "%y", "%%"})
