-- Why a code or an id is refused, and what is valid in the season.
CONCAT('no team of ', @season, ' (valid: ', @team_codes, ')')
