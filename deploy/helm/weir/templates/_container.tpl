{{/* The container, the same for every kind. */}}
{{- define "weir.container" -}}
name: weir
image: {{ include "weir.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args:
  - serve
  - --config
  - /etc/weir/weir.yaml
  {{- with .Values.extraArgs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  {{- if ne .Values.kind "sidecar" }}
  - { name: grpc, containerPort: {{ .Values.port }}, protocol: TCP }
  {{- end }}
  - { name: admin, containerPort: {{ .Values.admin.port }}, protocol: TCP }
# Rules are loaded, patterns compiled: the first time that takes a minute with large rule sets.
startupProbe:
  httpGet: { path: /startupz, port: admin }
  periodSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: { path: /livez, port: admin }
  periodSeconds: 10
  # Long, so that a pod short of processor is not killed for it.
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: admin }
  periodSeconds: 2
  timeoutSeconds: 2
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
  seccompProfile: { type: RuntimeDefault }
volumeMounts:
  # The folder, not the file: only so is a change of the ConfigMap seen.
  - { name: weir-config, mountPath: /etc/weir, readOnly: true }
  - { name: weir-admin, mountPath: /etc/weir-admin, readOnly: true }
  {{- if eq .Values.kind "sidecar" }}
  - { name: weir-socket, mountPath: {{ dir .Values.sidecar.socket }} }
  {{- end }}
  {{- if .Values.auditLog.enabled }}
  - { name: weir-audit-log, mountPath: /var/log/weir }
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "weir.volumes" -}}
- name: weir-config
  configMap: { name: {{ include "weir.name" . }} }
- name: weir-admin
  secret: { secretName: {{ include "weir.tokenSecret" . }}, defaultMode: 0440 }
{{- if eq .Values.kind "sidecar" }}
- name: weir-socket
  emptyDir: { medium: Memory, sizeLimit: 1Mi }
{{- end }}
{{- if .Values.auditLog.enabled }}
- name: weir-audit-log
  emptyDir: { sizeLimit: {{ .Values.auditLog.sizeLimit }} }
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "weir.pod" -}}
metadata:
  labels:
    {{- include "weir.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "weir.serviceAccount" . }}
  # Weir asks Kubernetes for nothing.
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  # The token belongs to Weir's group.
  securityContext: { runAsNonRoot: true, fsGroup: 65532, seccompProfile: { type: RuntimeDefault } }
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - {{- include "weir.container" . | nindent 6 }}
  volumes:
    {{- include "weir.volumes" . | nindent 4 }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- else }}
  # Rather not two on a node, which may go.
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "weir.selector" . | nindent 10 }}
  {{- end }}
{{- end }}
