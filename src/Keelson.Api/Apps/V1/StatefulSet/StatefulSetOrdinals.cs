using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

/// <summary>Which ordinals the pods of a stateful set are numbered with.</summary>
[ApiType("io.k8s.api.apps.v1.StatefulSetOrdinals")]
public sealed partial record StatefulSetOrdinals
{
    /// <summary>
    /// Ordinal of the first pod, so that pods run from start to start + replicas - 1. Must not be negative;
    /// defaults to 0.
    /// </summary>
    [Field(1, Always = true)]
    public partial int Start { get; init; }
}
