namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>The objects that commands are tried on.</summary>
internal static class CommandManifests
{
    public const string Shop = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          labels: {app: web, tier: front}
          annotations:
            note: "short"
            long: >-
              a text that goes on and on, so that it does not fit into the width that kubectl gives to annotations
              on one line, and goes below its name instead, cut
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}, annotations: {checksum: abc}}
            spec:
              priorityClassName: system-cluster-critical
              topologySpreadConstraints:
              - maxSkew: 1
                topologyKey: kubernetes.io/hostname
                whenUnsatisfiable: ScheduleAnyway
                labelSelector: {matchLabels: {app: web}}
              tolerations:
              - {key: special, operator: Equal, value: "yes", effect: NoSchedule}
              - {key: other, operator: Exists}
              nodeSelector: {kubernetes.io/os: linux}
              initContainers:
              - {name: prepare, image: "registry.example/prepare:1", command: [sh, -c, "true"]}
              containers:
              - name: server
                image: registry.example/web:1
                args: [--verbose, "--listen=:80"]
                ports: [{containerPort: 80, name: http}, {containerPort: 81, hostPort: 8081}]
                resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
                livenessProbe: {httpGet: {path: /live, port: http}, initialDelaySeconds: 5}
                readinessProbe: {exec: {command: [cat, /ready]}}
                startupProbe: {tcpSocket: {port: 80}}
                envFrom:
                - {configMapRef: {name: settings}}
                - {secretRef: {name: keys, optional: true}, prefix: KEY_}
                env:
                - {name: PLAIN, value: "one"}
                - {name: LINES, value: "one\ntwo"}
                - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                - {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
                - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
                - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: requests.memory, divisor: 1Mi}}}
                - {name: SECRET, valueFrom: {secretKeyRef: {name: keys, key: password}}}
                - {name: SETTING, valueFrom: {configMapKeyRef: {name: settings, key: color, optional: true}}}
                volumeMounts:
                - {name: settings, mountPath: /etc/settings, readOnly: true}
                - {name: scratch, mountPath: /scratch, subPath: here}
              volumes:
              - {name: settings, configMap: {name: settings}}
              - {name: scratch, emptyDir: {sizeLimit: 1Gi}}
              - {name: keys, secret: {secretName: keys, optional: true}}
              - {name: host, hostPath: {path: /var/log, type: Directory}}
              - {name: labels, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db}
        spec:
          replicas: 1
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: db, image: "registry.example/db:1"}]
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: agent}
        spec:
          selector: {matchLabels: {app: agent}}
          template:
            metadata: {labels: {app: agent}}
            spec: {containers: [{name: agent, image: "registry.example/agent:1"}]}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: report}
        spec:
          completions: 2
          completionMode: Indexed
          suspend: true
          template:
            spec: {restartPolicy: Never, containers: [{name: report, image: "registry.example/report:1"}]}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          schedule: "0 3 * * *"
          suspend: true
          jobTemplate:
            spec:
              template:
                spec: {restartPolicy: Never, containers: [{name: nightly, image: "registry.example/report:1"}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, labels: {app: web}}
        spec:
          type: NodePort
          selector: {app: web}
          ports: [{name: http, port: 80, targetPort: http}, {name: other, port: 81}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, annotations: {note: x}}
        spec:
          ingressClassName: keelson
          tls: [{hosts: [shop.example], secretName: shop-tls}]
          rules:
          - host: shop.example
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
              - {path: /gone, pathType: Prefix, backend: {service: {name: gone, port: {name: http}}}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {text: "two\nlines\n"}
        binaryData: {raw: AAEC}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {password: secret}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: disk}
        spec:
          capacity: {storage: 2Gi}
          accessModes: [ReadWriteMany]
          storageClassName: other
          local: {path: /data}
          nodeAffinity:
            required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]}
        ---
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: bounds}
        spec: {hard: {configmaps: "10", "count/jobs.batch": "5"}}
        ---
        apiVersion: v1
        kind: LimitRange
        metadata: {name: sizes}
        spec: {limits: [{type: PersistentVolumeClaim, max: {storage: 5Gi}, min: {storage: 1Gi}}]}
        ---
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: held}
        spec: {holderIdentity: someone}
        """;
}
