-- The one shot-zone classifier (DOMAIN.md section 4), in feet from the hoop: half the lane's width, and from the hoop to
-- the free-throw line 19 less 5.25, rounded as the source's coordinates are. It equals the NBA's own zones, restricted
-- area plus the rest of the paint, in every paint shot of the four real seasons. NULL for a two without coordinates,
-- never a guess.
CASE
  WHEN is_three THEN 'three'
  WHEN x_feet IS NULL OR y_feet IS NULL THEN NULL
  WHEN ABS(x_feet) <= 8.0 AND y_feet <= 13.8 THEN 'paint'
  ELSE 'mid_range'
END
