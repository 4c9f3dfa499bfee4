-- A man played if his line has minutes in which there is any, or something beside minutes of 0, in whatever spelling.
COALESCE(minutes, '') <> '' AND (REGEXP_CONTAINS(minutes, r'[1-9]')
  OR COALESCE(fga, 0) + COALESCE(fta, 0) + COALESCE(reb, 0) + COALESCE(ast, 0) + COALESCE(stl, 0) + COALESCE(blk, 0)
    + COALESCE(tov, 0) + COALESCE(pf, 0) + COALESCE(pts, 0) > 0
  OR COALESCE(plus_minus, 0) <> 0)
