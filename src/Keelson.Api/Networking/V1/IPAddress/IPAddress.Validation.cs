using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Networking.V1;

public sealed partial record IPAddress
{
    /// <inheritdoc/>
    public static void Validate(IPAddress obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec").Child("parentRef");
        if (obj.Spec.ParentRef is not { } parent)
        {
            errors.Required(path, "");
            return;
        }

        // The core group is the empty text, so the group can't be asked for.
        if (parent.Group.Length > 0)
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(parent.Group), path.Child("group"), parent.Group);
        }

        ReferenceRules.RequirePathSegment(parent.Resource, path.Child("resource"), errors);
        ReferenceRules.RequirePathSegment(parent.Name, path.Child("name"), errors);
        if (parent.Namespace.Length > 0)
        {
            errors.Invalid(ContentRules.PathSegment(parent.Namespace), path.Child("namespace"), parent.Namespace);
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(IPAddress obj, IPAddress old, FieldErrors errors)
    {
        if (obj.Spec.ParentRef == old.Spec.ParentRef)
        {
            return;
        }

        string value = obj.Spec.ParentRef is not { } parent ? "null" : ErrorValue.Object(
            ("Group", ErrorValue.Json(parent.Group)),
            ("Resource", ErrorValue.Json(parent.Resource)),
            ("Namespace", ErrorValue.Json(parent.Namespace)),
            ("Name", ErrorValue.Json(parent.Name)));
        errors.InvalidRaw(FieldPath.Of("spec").Child("parentRef"), value, "field is immutable");
    }
}
