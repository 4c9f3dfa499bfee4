-- Minutes as MM:SS in seconds.
SAFE_CAST(SPLIT(minutes, ':')[SAFE_OFFSET(0)] AS INT64) * 60 + SAFE_CAST(SPLIT(minutes, ':')[SAFE_OFFSET(1)] AS INT64)
