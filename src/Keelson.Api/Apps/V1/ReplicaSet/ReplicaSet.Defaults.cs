using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

public sealed partial record ReplicaSet
{
    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public static ReplicaSet SetDefaults(ReplicaSet obj) => obj with
    {
        Spec = obj.Spec with
        {
            Replicas = obj.Spec.Replicas ?? 1,
            Template = PodTemplateRules.SetDefaults(obj.Spec.Template),
        },
    };
}
