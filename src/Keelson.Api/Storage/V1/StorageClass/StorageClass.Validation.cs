using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

public sealed partial record StorageClass
{
    private const string Immutable = "field is immutable";

    /// <inheritdoc/>
    public static void Validate(StorageClass obj, FieldErrors errors)
    {
        StorageRules.ValidateProvisioner(obj.Provisioner, FieldPath.Of("provisioner"), errors);
        StorageRules.ValidateParameters(obj.Parameters, allowEmpty: true, errors);
        if (obj.ReclaimPolicy is not (null or "" or "Delete" or "Retain"))
        {
            errors.NotSupported(FieldPath.Of("reclaimPolicy"), obj.ReclaimPolicy, "Delete", "Retain");
        }

        if (obj.VolumeBindingMode is null)
        {
            errors.Required(FieldPath.Of("volumeBindingMode"), "");
        }
        else if (obj.VolumeBindingMode is not (V1.VolumeBindingMode.Immediate or V1.VolumeBindingMode.WaitForFirstConsumer))
        {
            errors.NotSupported(
                FieldPath.Of("volumeBindingMode"),
                obj.VolumeBindingMode,
                V1.VolumeBindingMode.Immediate,
                V1.VolumeBindingMode.WaitForFirstConsumer);
        }

        ValidateTopologies(obj.AllowedTopologies, FieldPath.Of("allowedTopologies"), errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(StorageClass obj, StorageClass old, FieldErrors errors)
    {
        Validate(obj, errors);
        if (obj.Parameters != old.Parameters)
        {
            errors.InvalidRaw(FieldPath.Of("parameters"), ErrorValue.Json(obj.Parameters), Immutable);
        }

        if (obj.Provisioner != old.Provisioner)
        {
            errors.Invalid(FieldPath.Of("provisioner"), obj.Provisioner, Immutable);
        }

        if (obj.ReclaimPolicy != old.ReclaimPolicy)
        {
            errors.InvalidRaw(FieldPath.Of("reclaimPolicy"), ErrorValue.Json(obj.ReclaimPolicy), Immutable);
        }

        if (obj.VolumeBindingMode != old.VolumeBindingMode)
        {
            errors.InvalidRaw(FieldPath.Of("volumeBindingMode"), ErrorValue.Json(obj.VolumeBindingMode), Immutable);
        }
    }

    private static void ValidateTopologies(ApiList<TopologySelectorTerm> terms, FieldPath path, FieldErrors errors)
    {
        // Upstream compares each term with those before and with as many empty ones as there are terms.
        List<Dictionary<string, HashSet<string>>> seen = [.. terms.Select(static _ => new Dictionary<string, HashSet<string>>())];
        for (int i = 0; i < terms.Count; i++)
        {
            FieldPath expressions = path.Index(i).Child("matchLabelExpressions");
            Dictionary<string, HashSet<string>> values = [];
            for (int j = 0; j < terms[i].MatchLabelExpressions.Count; j++)
            {
                TopologySelectorLabelRequirement one = terms[i].MatchLabelExpressions[j];
                HashSet<string> set = ValidateRequirement(one, expressions.Index(j), errors);
                if (!values.TryAdd(one.Key, set))
                {
                    errors.Duplicate(expressions.Index(j).Child("key"), one.Key);
                    values[one.Key] = set;
                }
            }

            foreach (Dictionary<string, HashSet<string>> other in seen)
            {
                if (Same(values, other))
                {
                    errors.Duplicate(expressions, "");
                }
            }

            seen.Add(values);
        }
    }

    private static HashSet<string> ValidateRequirement(TopologySelectorLabelRequirement requirement, FieldPath path, FieldErrors errors)
    {
        HashSet<string> values = [];
        if (requirement.Values.Count == 0)
        {
            errors.Required(path.Child("values"), "");
        }

        for (int i = 0; i < requirement.Values.Count; i++)
        {
            if (!values.Add(requirement.Values[i]))
            {
                errors.Duplicate(path.Child("values").Index(i), requirement.Values[i]);
            }
        }

        errors.Invalid(ContentRules.QualifiedName(requirement.Key), path.Child("key"), requirement.Key);
        return values;
    }

    private static bool Same(Dictionary<string, HashSet<string>> left, Dictionary<string, HashSet<string>> right) =>
        left.Count == right.Count
        && left.All(pair => right.TryGetValue(pair.Key, out HashSet<string>? other) && pair.Value.SetEquals(other));
}
