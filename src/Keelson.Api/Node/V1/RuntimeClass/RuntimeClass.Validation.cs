using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Node.V1;

public sealed partial record RuntimeClass
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(RuntimeClass obj, FieldErrors errors)
    {
        foreach (string detail in ContentRules.Dns1123Label(obj.Handler))
        {
            errors.Invalid(FieldPath.Of("handler"), obj.Handler, detail);
        }

        if (obj.Overhead is { } overhead)
        {
            ResourceRules.ValidateContainerRequirements(
                new ResourceRequirements { Limits = overhead.PodFixed },
                FieldPath.Of("overhead"),
                new PodScope(PodSpec.Empty, PodValidationOptions.Template, errors));
        }

        if (obj.Scheduling is { } scheduling)
        {
            FieldPath path = FieldPath.Of("scheduling");
            ObjectMetaRules.ValidateLabels(scheduling.NodeSelector, path.Child("nodeSelector"), errors);
            TolerationRules.Validate(scheduling.Tolerations, path.Child("tolerations"), errors);
            ValidateUnique(scheduling.Tolerations, path.Child("tolerations"), errors);
        }
    }

    /// <summary>Two tolerations must differ in more than how long they tolerate.</summary>
    private static void ValidateUnique(ApiList<Toleration> tolerations, FieldPath path, FieldErrors errors)
    {
        HashSet<Toleration> seen = [];
        for (int i = 0; i < tolerations.Count; i++)
        {
            if (!seen.Add(tolerations[i] with { TolerationSeconds = null }))
            {
                errors.DuplicateRaw(path.Index(i), UnversionedText.Of(tolerations[i], Toleration.WireSchema));
            }
        }
    }

    /// <inheritdoc cref="IKind{T}.ValidateUpdate"/>
    public static void ValidateUpdate(RuntimeClass obj, RuntimeClass old, FieldErrors errors)
    {
        if (obj.Handler != old.Handler)
        {
            errors.Invalid(FieldPath.Of("handler"), obj.Handler, "field is immutable");
        }
    }
}
