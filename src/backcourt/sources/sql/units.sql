-- The units of staged rows (games, teams, players, dates) with what becomes of each. What has no row left is held back,
-- too: an empty unit would take out what is stored of it.
SELECT unit, is_out, NOT is_out AND breaks AS held, is_out OR breaks AS gone, broken_rows
FROM (
  SELECT
    {unit} AS unit,
    COUNTIF(REGEXP_CONTAINS(broken_rules, r'(^|; ){exhibition}: ')) > 0 AS is_out,
    COUNTIF({holding_rule}) > 0 OR COUNTIF(broken_rules IS NULL) = 0 AS breaks,
    COUNTIF(broken_rules IS NOT NULL) AS broken_rows
  FROM {staged}
  GROUP BY unit
)
