{{- define "runledger.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "runledger.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "runledger.labels" -}}
{{ include "runledger.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "runledger.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "runledger.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What can't work is refused before anything is installed. */}}
{{- define "runledger.check" -}}
{{- if not (has .Values.database.kind (list "sqlite" "postgresql")) -}}
{{- fail "database.kind must be sqlite or postgresql" -}}
{{- end -}}
{{- if eq .Values.database.kind "postgresql" -}}
{{- if not .Values.database.existingSecret -}}
{{- fail "database.kind postgresql needs database.existingSecret, a secret that holds the URI" -}}
{{- end -}}
{{- if not .Values.encryption.existingSecret -}}
{{- fail "database.kind postgresql needs encryption.existingSecret, the key that all replicas share" -}}
{{- end -}}
{{- else if gt (int .Values.replicaCount) 1 -}}
{{- fail "replicaCount above 1 needs database.kind postgresql" -}}
{{- else if not .Values.persistence.enabled -}}
{{- fail "database.kind sqlite needs persistence.enabled" -}}
{{- end -}}
{{- if and (gt (int .Values.replicaCount) 1) (hasPrefix "/" .Values.artifacts.destination) (ne .Values.persistence.accessMode "ReadWriteMany") -}}
{{- fail "replicaCount above 1 needs an object store in artifacts.destination, or a volume that is ReadWriteMany" -}}
{{- end -}}
{{- if and (hasPrefix "/" .Values.artifacts.destination) (not .Values.persistence.enabled) -}}
{{- fail "artifacts in a folder need persistence.enabled" -}}
{{- end -}}
{{- end -}}

{{/* Whole names alone: a pattern after `svc` would let a name of somebody else in. */}}
{{- define "runledger.hosts" -}}
{{- $name := include "runledger.fullname" . -}}
{{- $hosts := list "localhost:*" "127.0.0.1:*" "$(POD_IP):*" -}}
{{- range list $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s.svc.cluster.local" $name .Release.Namespace) -}}
{{- $hosts = concat $hosts (list . (printf "%s:*" .)) -}}
{{- end -}}
{{- printf "--allowed-hosts=%s" (join "," (concat $hosts .Values.allowedHosts)) -}}
{{- end -}}
