using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record ReplicationController
{
    /// <summary>Selector and labels default to the labels of the template.</summary>
    public static ReplicationController SetDefaults(ReplicationController obj)
    {
        ReplicationControllerSpec spec = obj.Spec;
        ApiMap<string> labels = spec.Template?.Metadata.Labels ?? default;
        bool ownsLabels = labels.IsAbsent || obj.Metadata.Labels.Count > 0;
        return obj with
        {
            Metadata = ownsLabels ? obj.Metadata : obj.Metadata with { Labels = labels },
            Spec = spec with
            {
                Replicas = spec.Replicas ?? 1,
                Selector = spec.Selector.Count == 0 && !labels.IsAbsent ? labels : spec.Selector,
                Template = spec.Template is null ? null : PodTemplateRules.SetDefaults(spec.Template),
            },
        };
    }
}
