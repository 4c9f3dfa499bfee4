-- Dates whose staged rows have NULL in required columns or a key that repeats, and which of the two.
SELECT game_date, MIN(reason) AS reason
FROM (
  SELECT game_date, CONCAT('NULL in required columns ', SUBSTR(empty, 3)) AS reason
  FROM (
    SELECT {date_column} AS game_date, CONCAT({lacking}) AS empty
    FROM {staged}
    WHERE {good}
    GROUP BY game_date
  )
  WHERE empty <> ''
  UNION ALL
  SELECT game_date, CONCAT('the key ({keys}) repeats in computed rows, for example ', MIN(example)) AS reason
  FROM (
    SELECT {date_column} AS game_date, CONCAT({example}) AS example
    FROM {staged}
    WHERE {good}
    QUALIFY COUNT(*) OVER (PARTITION BY {keys}) > 1
  )
  GROUP BY game_date
)
WHERE game_date IS NOT NULL
GROUP BY game_date
