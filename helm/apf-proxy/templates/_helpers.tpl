{{- define "apf-proxy.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "apf-proxy.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "apf-proxy.labels" -}}
{{ include "apf-proxy.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "apf-proxy.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{- define "apf-proxy.tlsSecret" -}}
{{ .Values.tls.existingSecret | default (printf "%s-tls" (include "apf-proxy.name" .)) }}
{{- end }}

{{- define "apf-proxy.tracing" -}}
apiVersion: apiserver.config.k8s.io/v1
kind: TracingConfiguration
endpoint: {{ .Values.tracing.endpoint | quote }}
samplingRatePerMillion: {{ int .Values.tracing.samplingRatePerMillion }}
{{- end }}

{{- /* Of its content, so that pods are replaced when that changes. */}}
{{- define "apf-proxy.tracingName" -}}
{{ include "apf-proxy.name" . }}-tracing-{{ include "apf-proxy.tracing" . | sha256sum | trunc 8 }}
{{- end }}

{{- define "apf-proxy.dnsNames" -}}
{{- $name := include "apf-proxy.name" . }}
{{- $own := list "localhost" $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s.svc.cluster.local" $name .Release.Namespace) }}
{{- /* For clients that are led here by hostAliases or KUBERNETES_SERVICE_HOST. */}}
{{- $kubernetes := list "kubernetes" "kubernetes.default" "kubernetes.default.svc" "kubernetes.default.svc.cluster.local" }}
{{- $lane := list }}
{{- if .Values.breakGlass.enabled }}
{{- $lane = list (printf "%s-break-glass.%s.svc" $name .Release.Namespace) }}
{{- end }}
{{- concat $own $kubernetes $lane .Values.tls.dnsNames | toJson }}
{{- end }}
