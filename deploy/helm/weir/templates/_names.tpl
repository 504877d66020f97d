{{- define "weir.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}{{ end -}}
{{- end }}

{{- define "weir.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "weir.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{ include "weir.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "weir.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "weir.serviceAccount" -}}
{{ if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "weir.name" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- define "weir.tokenSecret" -}}
{{ .Values.admin.tokenSecret | default (printf "%s-admin" (include "weir.name" .)) }}
{{- end }}

{{/*
weir.yaml: what values say, and the addresses, which are the chart's. Compiled patterns are not kept: Kubernetes lets every user write
to an emptyDir, and Weir takes nothing from such a folder.
*/}}
{{- define "weir.config" -}}
{{- $config := deepCopy .Values.config }}
{{- if eq .Values.kind "sidecar" }}
{{- $_ := set $config "listen" (list (printf "unix:%s" .Values.sidecar.socket)) }}
{{- $_ := set $config "socketMode" .Values.sidecar.socketMode }}
{{- else }}
{{- $_ := set $config "listen" (list (printf "0.0.0.0:%v" .Values.port)) }}
{{- end }}
{{- $_ := set $config "admin" (dict "listen" (printf "0.0.0.0:%v" .Values.admin.port) "tokenFile" "/etc/weir-admin/token") }}
{{- $_ := set $config "cache" false }}
{{- toYaml $config }}
{{- end }}
