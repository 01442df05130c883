using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>
/// The rules on metadata. The server runs <see cref="Validate"/> on create, and both on update; a kind whose upstream
/// validation of updates checks the metadata once more does so in its own ValidateUpdate, since clients see the causes
/// as often as they were found.
/// </summary>
public static class ObjectMetaRules
{
    /// <summary>All annotations together may have 256 KiB.</summary>
    public const int AnnotationsMaxBytes = 256 * 1024;

    private const string Immutable = "field is immutable";

    /// <summary>Where every object has its metadata.</summary>
    public static FieldPath Path { get; } = FieldPath.Of("metadata");

    /// <summary>
    /// What the validation of updates of most kinds does with metadata upstream: the rules on changes, then those on new
    /// objects once more.
    /// </summary>
    public static void Revalidate(
        ObjectMeta meta, ObjectMeta old, bool namespaced, Func<string, bool, IEnumerable<string>> nameErrors, FieldErrors errors)
    {
        ValidateUpdate(meta, old, Path, errors);
        Validate(meta, namespaced, nameErrors, Path, errors);
    }

    /// <summary>Validates the metadata of a new object.</summary>
    /// <param name="meta">The metadata.</param>
    /// <param name="namespaced">True when objects of the kind live in namespaces.</param>
    /// <param name="nameErrors">(name, is prefix) → the errors of a name.</param>
    /// <param name="path">Where the metadata stands.</param>
    /// <param name="errors">Takes the errors.</param>
    public static void Validate(
        ObjectMeta meta,
        bool namespaced,
        Func<string, bool, IEnumerable<string>> nameErrors,
        FieldPath path,
        FieldErrors errors)
    {
        ValidateGeneric(meta, namespaced, nameErrors, path, errors);
        ValidateStandardFinalizers(meta, path, errors);
    }

    /// <summary>
    /// Validates metadata without the rule that an unqualified finalizer must be one of upstream's own; custom resources and
    /// the server's check before every update leave that rule out.
    /// </summary>
    public static void ValidateGeneric(
        ObjectMeta meta,
        bool namespaced,
        Func<string, bool, IEnumerable<string>> nameErrors,
        FieldPath path,
        FieldErrors errors)
    {
        if (meta.GenerateName.Length > 0)
        {
            errors.Invalid(nameErrors(meta.GenerateName, true), path, "generateName", meta.GenerateName);
        }

        if (meta.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "name or generateName is required");
        }
        else
        {
            errors.Invalid(nameErrors(meta.Name, false), path, "name", meta.Name);
        }

        ValidateNamespace(meta, namespaced, path, errors);
        if (meta.Generation < 0)
        {
            errors.Invalid(path.Child("generation"), meta.Generation, "must be greater than or equal to 0");
        }

        ValidateCommon(meta, path, errors);
        if (meta.Finalizers.Count > 0)
        {
            ValidateFinalizers(meta.Finalizers, path.Child("finalizers"), errors);
        }

        if (meta.ManagedFields.Count > 0)
        {
            ValidateManagedFields(meta.ManagedFields, path.Child("managedFields"), errors);
        }
    }

    /// <summary>Validates a change of metadata as upstream's kinds do.</summary>
    public static void ValidateUpdate(ObjectMeta meta, ObjectMeta old, FieldPath path, FieldErrors errors)
    {
        ValidateUpdateGeneric(meta, old, path, errors);
        ValidateStandardFinalizers(meta, path, errors);
    }

    /// <summary>Validates a change of metadata without the rule on unqualified finalizers.</summary>
    public static void ValidateUpdateGeneric(ObjectMeta meta, ObjectMeta old, FieldPath path, FieldErrors errors)
    {
        if (old.DeletionTimestamp is not null)
        {
            ValidateNoNewFinalizers(meta.Finalizers, old.Finalizers, path.Child("finalizers"), errors);
        }

        if (meta.ResourceVersion.Length == 0)
        {
            errors.Invalid(path.Child("resourceVersion"), meta.ResourceVersion, "must be specified for an update");
        }

        if (meta.Generation < old.Generation)
        {
            errors.Invalid(path.Child("generation"), meta.Generation, "must not be decremented");
        }

        Unchanged(meta.Name, old.Name, path, "name", errors);
        Unchanged(meta.Namespace, old.Namespace, path, "namespace", errors);
        Unchanged(meta.Uid, old.Uid, path, "uid", errors);
        UnchangedTime(meta.CreationTimestamp, old.CreationTimestamp, path, "creationTimestamp", errors);
        UnchangedTime(meta.DeletionTimestamp, old.DeletionTimestamp, path, "deletionTimestamp", errors);
        if (meta.DeletionGracePeriodSeconds != old.DeletionGracePeriodSeconds)
        {
            FieldPath seconds = path.Child("deletionGracePeriodSeconds");
            if (meta.DeletionGracePeriodSeconds is { } value)
            {
                errors.Invalid(seconds, value, Immutable);
            }
            else
            {
                errors.InvalidRaw(seconds, "null", Immutable);
            }
        }

        ValidateCommon(meta, path, errors);
    }

    /// <summary>Keys and values of labels.</summary>
    public static void ValidateLabels(ApiMap<string> labels, FieldPath path, FieldErrors errors)
    {
        foreach (KeyValuePair<string, string> label in labels)
        {
            errors.Invalid(ContentRules.QualifiedName(label.Key), path, label.Key);
            errors.Invalid(ContentRules.LabelValue(label.Value), path, label.Value);
        }
    }

    /// <summary>Keys of annotations, in which case does not matter, and the size of all together.</summary>
    public static void ValidateAnnotations(ApiMap<string> annotations, FieldPath path, FieldErrors errors)
    {
        long bytes = 0;
        foreach (KeyValuePair<string, string> annotation in annotations)
        {
            errors.Invalid(ContentRules.QualifiedName(annotation.Key.ToLowerInvariant()), path, annotation.Key);
            bytes += System.Text.Encoding.UTF8.GetByteCount(annotation.Key) + System.Text.Encoding.UTF8.GetByteCount(annotation.Value);
        }

        if (bytes > AnnotationsMaxBytes)
        {
            errors.TooLong(path, AnnotationsMaxBytes);
        }
    }

    /// <summary>Names, conflicts and duplicates of finalizers, not whether unqualified ones are known.</summary>
    public static void ValidateFinalizers(ApiList<string> finalizers, FieldPath path, FieldErrors errors)
    {
        bool orphan = false;
        bool foreground = false;
        foreach (string finalizer in finalizers)
        {
            errors.Invalid(ContentRules.QualifiedName(finalizer), path, finalizer);
            orphan |= finalizer == "orphan";
            foreground |= finalizer == "foregroundDeletion";
        }

        if (orphan && foreground)
        {
            errors.InvalidRaw(path, ErrorValue.Json(finalizers), "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }

    /// <summary>True for the finalizers that need no domain.</summary>
    public static bool IsStandardFinalizer(string finalizer) => finalizer is "kubernetes" or "orphan" or "foregroundDeletion";

    /// <summary>An unqualified finalizer must be one of upstream's own.</summary>
    public static void ValidateStandardFinalizers(ObjectMeta meta, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < meta.Finalizers.Count; i++)
        {
            string finalizer = meta.Finalizers[i];
            if (!finalizer.Contains('/', StringComparison.Ordinal) && !IsStandardFinalizer(finalizer))
            {
                errors.Invalid(path.Child("finalizers").Index(i), finalizer, "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    /// <summary>The manager of fields: at most 128 bytes, all printable.</summary>
    public static void ValidateFieldManager(string manager, FieldPath path, FieldErrors errors)
    {
        const int longest = 128;
        if (System.Text.Encoding.UTF8.GetByteCount(manager) > longest)
        {
            errors.TooLong(path, longest);
        }

        int position = 0;
        foreach (System.Text.Rune rune in manager.EnumerateRunes())
        {
            if (!GoText.IsPrintable(rune))
            {
                errors.Invalid(path, manager, $"invalid character U+{rune.Value:X4} (at position {position})");
            }

            position += rune.Utf8SequenceLength;
        }
    }

    private static void ValidateCommon(ObjectMeta meta, FieldPath path, FieldErrors errors)
    {
        if (meta.Labels.Count > 0)
        {
            ValidateLabels(meta.Labels, path.Child("labels"), errors);
        }

        if (meta.Annotations.Count > 0)
        {
            ValidateAnnotations(meta.Annotations, path.Child("annotations"), errors);
        }

        if (meta.OwnerReferences.Count > 0)
        {
            OwnerReferenceRules.Validate(meta.OwnerReferences, path.Child("ownerReferences"), errors);
        }
    }

    private static void ValidateNamespace(ObjectMeta meta, bool namespaced, FieldPath path, FieldErrors errors)
    {
        if (!namespaced && meta.Namespace.Length > 0)
        {
            errors.Forbidden(path.Child("namespace"), "not allowed on this type");
        }
        else if (namespaced && meta.Namespace.Length == 0)
        {
            errors.Required(path.Child("namespace"), "");
        }
        else if (namespaced)
        {
            errors.Invalid(NameRules.DnsLabel(meta.Namespace, false), path, "namespace", meta.Namespace);
        }
    }

    private static void ValidateNoNewFinalizers(ApiList<string> finalizers, ApiList<string> old, FieldPath path, FieldErrors errors)
    {
        string[] added = [.. finalizers.Except(old).Distinct().Order(StringComparer.Ordinal)];
        if (added.Length > 0)
        {
            errors.Forbidden(path, "no new finalizers can be added if the object is being deleted, found new finalizers " + GoText.StringSlice(added));
        }
    }

    private static void ValidateManagedFields(ApiList<ManagedFieldsEntry> entries, FieldPath path, FieldErrors errors)
    {
        const int longestSubresource = 256;
        for (int i = 0; i < entries.Count; i++)
        {
            ManagedFieldsEntry entry = entries[i];
            FieldPath at = path.Index(i);
            if (entry.Operation is not (ManagedFieldsOperationType.Apply or ManagedFieldsOperationType.Update))
            {
                errors.Invalid(at.Child("operation"), entry.Operation, "must be `Apply` or `Update`");
            }

            if (entry.FieldsType is not ("" or "FieldsV1"))
            {
                errors.Invalid(at.Child("fieldsType"), entry.FieldsType, "must be `FieldsV1`");
            }

            ValidateFieldManager(entry.Manager, at.Child("manager"), errors);
            if (entry.Subresource.Length > longestSubresource)
            {
                errors.TooLong(at.Child("subresource"), longestSubresource);
            }
        }
    }

    private static void Unchanged(string value, string old, FieldPath path, string field, FieldErrors errors)
    {
        if (value != old)
        {
            errors.Invalid(path.Child(field), value, Immutable);
        }
    }

    private static void UnchangedTime(Time? value, Time? old, FieldPath path, string field, FieldErrors errors)
    {
        if (value != old)
        {
            errors.InvalidRaw(path.Child(field), value is { IsZero: false } time ? $"\"{time}\"" : "null", Immutable);
        }
    }
}

/// <summary>The rules on owners.</summary>
public static class OwnerReferenceRules
{
    /// <summary>Every reference is complete, at most one is the controller.</summary>
    public static void Validate(ApiList<OwnerReference> references, FieldPath path, FieldErrors errors)
    {
        string? first = null;
        foreach (OwnerReference reference in references)
        {
            ValidateOne(reference, path, errors);
            if (reference.Controller != true)
            {
                continue;
            }

            string controller = reference.Kind + "/" + reference.Name;
            if (first is null)
            {
                first = controller;
            }
            else
            {
                errors.InvalidRaw(path, ErrorValue.Json(references), $"Only one reference can have Controller set to true. Found \"true\" in references for {first} and {controller}");
            }
        }
    }

    private static void ValidateOne(OwnerReference reference, FieldPath path, FieldErrors errors)
    {
        // More than one slash makes no group and version at all, an empty version included.
        string[] parts = reference.ApiVersion.Split('/');
        bool noVersion = parts.Length > 2 || parts[^1].Length == 0;
        if (noVersion)
        {
            errors.Invalid(path.Child("apiVersion"), reference.ApiVersion, "version must not be empty");
        }

        NotEmpty(reference.Kind, path, "kind", errors);
        NotEmpty(reference.Name, path, "name", errors);
        NotEmpty(reference.Uid, path, "uid", errors);
        if (reference is { ApiVersion: "v1" or "/v1", Kind: "Event" })
        {
            errors.InvalidRaw(path, ErrorValue.Json(reference), "/v1, Kind=Event is disallowed from being an owner");
        }
    }

    private static void NotEmpty(string value, FieldPath path, string field, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Invalid(path.Child(field), value, "must not be empty");
        }
    }
}
