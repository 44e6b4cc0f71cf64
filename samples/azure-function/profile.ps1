# Runs once whenever an instance of the function app starts.

# The disk of an instance goes with it, and a journal on it would go too; what is paid is noted beside the videos instead.
if (-not $env:KLINGPS_JOURNAL) {
    $env:KLINGPS_JOURNAL = 'off'
}
