#!/usr/bin/env bash
# From an empty project to a nightly run: APIs, two identities, the image, the job and its schedule.
# Usage: PROJECT=my-project REGION=us-central1 bash docs/deploy/set-up.sh
# Every step can be repeated: what is there already is left as it is.
set -euo pipefail
: "${PROJECT:?name the project: PROJECT=my-project}"
: "${REGION:=us-central1}"
IMAGE="$REGION-docker.pkg.dev/$PROJECT/backcourt/backcourt:latest"
RUNNER="backcourt-runner@$PROJECT.iam.gserviceaccount.com"
READER="backcourt-reader@$PROJECT.iam.gserviceaccount.com"

gcloud services enable bigquery.googleapis.com bigquerystorage.googleapis.com run.googleapis.com \
  cloudscheduler.googleapis.com cloudbuild.googleapis.com artifactregistry.googleapis.com --project "$PROJECT"

# Who computes, and who only looks.
for name in runner reader; do
  gcloud iam service-accounts describe "backcourt-$name@$PROJECT.iam.gserviceaccount.com" --project "$PROJECT" >/dev/null 2>&1 ||
    gcloud iam service-accounts create "backcourt-$name" --project "$PROJECT"
done
grant() {
  gcloud projects add-iam-policy-binding "$PROJECT" --member "serviceAccount:$1" --role "$2" --condition None --quiet >/dev/null
}
grant "$RUNNER" roles/bigquery.user
grant "$RUNNER" roles/bigquery.dataEditor
grant "$RUNNER" roles/bigquery.readSessionUser
grant "$READER" roles/bigquery.jobUser
grant "$READER" roles/bigquery.dataViewer
grant "$READER" roles/bigquery.readSessionUser

# The image, from the repository that this file is in.
gcloud artifacts repositories describe backcourt --location "$REGION" --project "$PROJECT" >/dev/null 2>&1 ||
  gcloud artifacts repositories create backcourt --repository-format docker --location "$REGION" --project "$PROJECT"
here="$(cd "$(dirname "$0")" && pwd)"
gcloud builds submit "$here/../.." --project "$PROJECT" --config "$here/cloud-build.yaml" --substitutions "_IMAGE=$IMAGE"

# The job, and when it starts: 15:00 UTC, after the last game on the West Coast and the morning's corrections.
job="$(mktemp)"
trap 'rm -f "$job"' EXIT
sed -e "s|PROJECT|$PROJECT|g" -e "s|IMAGE|$IMAGE|g" "$here/nightly-job.yaml" >"$job"
gcloud run jobs replace "$job" --region "$REGION" --project "$PROJECT"
gcloud run jobs add-iam-policy-binding backcourt-nightly --region "$REGION" --project "$PROJECT" \
  --member "serviceAccount:$RUNNER" --role roles/run.invoker
gcloud scheduler jobs describe backcourt-nightly --location "$REGION" --project "$PROJECT" >/dev/null 2>&1 ||
  gcloud scheduler jobs create http backcourt-nightly --location "$REGION" --project "$PROJECT" --schedule "0 15 * * *" \
    --uri "https://run.googleapis.com/v2/projects/$PROJECT/locations/$REGION/jobs/backcourt-nightly:run" \
    --http-method POST --oauth-service-account-email "$RUNNER"
