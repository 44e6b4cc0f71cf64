// Checks Kubernetes manifests against the schemas of Kubernetes and KEDA: node manifests.mjs FILE...
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { Job } from 'kubernetes-models/batch/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { ScaledObject, TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';

const kinds = { Job, Deployment, ScaledObject, TriggerAuthentication };
for (const file of process.argv.slice(2)) {
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'), { uniqueKeys: true })) {
        if (document.errors.length > 0) throw document.errors[0];
        const object = document.toJS();
        const kind = kinds[object.kind];
        if (kind?.apiVersion !== object.apiVersion) throw new Error(`${file}: there is no schema of ${object.apiVersion} ${object.kind}.`);
        new kind(object).validate();
        console.log(`${object.kind} ${object.metadata.name}`);
    }
}
