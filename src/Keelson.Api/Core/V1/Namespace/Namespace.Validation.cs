using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record Namespace
{
    /// <inheritdoc/>
    public static void Validate(Namespace obj, FieldErrors errors)
    {
        foreach (string finalizer in obj.Spec.Finalizers)
        {
            ValidateFinalizer(finalizer, FieldPath.Of("spec").Child("finalizers"), errors);
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(Namespace obj, Namespace old, FieldErrors errors)
    {
        ObjectMetaRules.Validate(obj.Metadata, namespaced: false, NameRules.DnsLabel, ObjectMetaRules.Path, errors);
        Validate(obj, errors);
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
    }

    private static void ValidateStatusUpdate(Namespace obj, Namespace old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        FieldPath phase = FieldPath.Of("status").Child("Phase");
        if (obj.Metadata.DeletionTimestamp is null && obj.Status.Phase != NamespacePhase.Active)
        {
            errors.Invalid(phase, obj.Status.Phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
        else if (obj.Metadata.DeletionTimestamp is not null && obj.Status.Phase != NamespacePhase.Terminating)
        {
            errors.Invalid(phase, obj.Status.Phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
    }

    private static void ValidateFinalizeUpdate(Namespace obj, Namespace old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        for (int i = 0; i < obj.Spec.Finalizers.Count; i++)
        {
            ValidateFinalizer(obj.Spec.Finalizers[i], FieldPath.Of("spec").Child("finalizers").Index(i), errors);
        }
    }

    private static void ValidateFinalizer(string finalizer, FieldPath path, FieldErrors errors)
    {
        errors.Invalid(ContentRules.QualifiedName(finalizer), path, finalizer);
        if (!finalizer.Contains('/', StringComparison.Ordinal) && !ObjectMetaRules.IsStandardFinalizer(finalizer))
        {
            errors.Invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
        }
    }
}
