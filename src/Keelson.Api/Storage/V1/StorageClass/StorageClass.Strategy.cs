using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

public sealed partial record StorageClass
{
    /// <inheritdoc/>
    public static StorageClass SetDefaults(StorageClass obj) =>
        obj is { ReclaimPolicy: not null, VolumeBindingMode: not null }
        ? obj
        : obj with
        {
            ReclaimPolicy = obj.ReclaimPolicy ?? "Delete",
            VolumeBindingMode = obj.VolumeBindingMode ?? V1.VolumeBindingMode.Immediate,
        };

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(StorageClass obj, StorageClass? old)
    {
        for (int i = 0; i < obj.AllowedTopologies.Count; i++)
        {
            FieldPath path = FieldPath.Of("allowedTopologies").Index(i).Child("matchLabelExpressions");
            ApiList<TopologySelectorLabelRequirement> expressions = obj.AllowedTopologies[i].MatchLabelExpressions;
            for (int j = 0; j < expressions.Count; j++)
            {
                if (DeprecatedLabels.Advice(expressions[j].Key) is { } advice)
                {
                    yield return $"{path.Index(j).Child("key")}: {advice}";
                }
            }
        }
    }
}
