using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Origin of the value of an environment variable. Exactly one field must be set.</summary>
[ApiType("io.k8s.api.core.v1.EnvVarSource")]
public sealed partial record EnvVarSource
{
    /// <summary>
    /// A field of the pod: metadata.name, metadata.namespace, metadata.uid, a single label or annotation,
    /// spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, status.podIP or status.podIPs.
    /// </summary>
    [Field(1)]
    public partial ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>A request or limit of a container: cpu, memory, ephemeral-storage or huge pages.</summary>
    [Field(2)]
    public partial ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>One key of a ConfigMap.</summary>
    [Field(3)]
    public partial ConfigMapKeySelector? ConfigMapKeyRef { get; init; }

    /// <summary>One key of a Secret.</summary>
    [Field(4)]
    public partial SecretKeySelector? SecretKeyRef { get; init; }

    /// <summary>One key of an environment file on a volume, written for instance by an init container.</summary>
    [Field(5)]
    public partial FileKeySelector? FileKeyRef { get; init; }
}
