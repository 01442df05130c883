using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record LimitRange
{
    /// <inheritdoc/>
    public static void Validate(LimitRange obj, FieldErrors errors)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < obj.Spec.Limits.Count; i++)
        {
            LimitRangeItem item = obj.Spec.Limits[i];
            FieldPath path = FieldPath.Of("spec").Child("limits").Index(i);
            LimitRangeItemRules.ValidateType(item.Type, path.Child("type"), errors);
            if (!seen.Add(item.Type))
            {
                errors.Duplicate(path.Child("type"), item.Type);
            }

            LimitRangeItemRules.Validate(item, path, errors);
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(LimitRange obj, LimitRange old, FieldErrors errors)
    {
        ObjectMetaRules.Validate(obj.Metadata, namespaced: true, NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);
        Validate(obj, errors);
    }
}
