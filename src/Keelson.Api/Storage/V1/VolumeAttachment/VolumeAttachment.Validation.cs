using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Storage.V1;

public sealed partial record VolumeAttachment
{
    private const int MetadataMaxBytes = 256 * 1024;
    private const int MessageMaxBytes = 1024;
    private const string ExactlyOne = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";

    /// <inheritdoc/>
    public static void Validate(VolumeAttachment obj, FieldErrors errors)
    {
        FieldPath spec = FieldPath.Of("spec");
        if (obj.Spec.Attacher.Length == 0)
        {
            errors.Required(spec.Child("attacher"), "");
        }

        ValidateRest(obj, errors);
        if (obj.Spec.Attacher.Length > 0)
        {
            StorageRules.ValidateDriverName(obj.Spec.Attacher, spec.Child("attacher"), errors);
        }

        if (obj.Spec.Source.PersistentVolumeName is { } volume)
        {
            errors.Invalid(NameRules.DnsSubdomain(volume, false), spec.Child("source").Child("persistentVolumeName"), volume);
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(VolumeAttachment obj, VolumeAttachment old, FieldErrors errors)
    {
        if (obj.Spec.Attacher.Length == 0)
        {
            errors.Required(FieldPath.Of("spec").Child("attacher"), "");
        }

        ValidateRest(obj, errors);
        if (obj.Spec != old.Spec)
        {
            VolumeAttachmentSource source = obj.Spec.Source;
            string value = ErrorValue.Object(
                ("Attacher", ErrorValue.Json(obj.Spec.Attacher)),
                ("Source", ErrorValue.Object(
                    ("PersistentVolumeName", ErrorValue.Json(source.PersistentVolumeName)),
                    ("InlineVolumeSpec", source.InlineVolumeSpec is null
                        ? "null"
                        : UnversionedText.Of(source.InlineVolumeSpec, Core.V1.PersistentVolumeSpec.WireSchema)))),
                ("NodeName", ErrorValue.Json(obj.Spec.NodeName)));
            errors.InvalidRaw(FieldPath.Of("spec"), value, "field is immutable");
        }
    }

    private static void ValidateRest(VolumeAttachment obj, FieldErrors errors)
    {
        FieldPath spec = FieldPath.Of("spec");
        ValidateSource(obj.Spec.Source, spec.Child("source"), errors);
        errors.Invalid(NameRules.DnsSubdomain(obj.Spec.NodeName, false), spec.Child("nodeName"), obj.Spec.NodeName);

        FieldPath status = FieldPath.Of("status");
        long size = 0;
        foreach (KeyValuePair<string, string> pair in obj.Status.AttachmentMetadata)
        {
            size += pair.Key.Length + pair.Value.Length;
        }

        if (size > MetadataMaxBytes)
        {
            errors.TooLong(status.Child("attachmentMetadata"), MetadataMaxBytes);
        }

        ValidateError(obj.Status.AttachError, status.Child("attachError"), errors);
        ValidateError(obj.Status.DetachError, status.Child("detachError"), errors);
    }

    private static void ValidateSource(VolumeAttachmentSource source, FieldPath path, FieldErrors errors)
    {
        switch (source)
        {
            case { InlineVolumeSpec: null, PersistentVolumeName: null }:
                errors.Required(path, ExactlyOne);
                break;
            case { InlineVolumeSpec: not null, PersistentVolumeName: not null }:
                errors.Forbidden(path, ExactlyOne);
                break;
            case { PersistentVolumeName: "" }:
                errors.Required(path.Child("persistentVolumeName"), "must specify non empty persistentVolumeName");
                break;
            case { InlineVolumeSpec: { } inline }:
                PersistentVolumeSpecRules.ValidateInline(inline, path.Child("inlineVolumeSpec"), errors);
                break;
        }
    }

    private static void ValidateError(VolumeError? error, FieldPath path, FieldErrors errors)
    {
        if (error is null)
        {
            return;
        }

        if (error.Message.Length > MessageMaxBytes)
        {
            // Upstream holds messages to one bound and names the other.
            errors.TooLong(path.Child("message"), MetadataMaxBytes);
        }

        if (error.ErrorCode is { } code and < 0)
        {
            errors.Invalid(path.Child("errorCode"), code, "must be between 0 and 2147483647, inclusive");
        }
    }
}
