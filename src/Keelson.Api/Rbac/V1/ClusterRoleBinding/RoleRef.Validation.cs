using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>The rules that both kinds of bindings share.</summary>
internal static class BindingRules
{
    public static void Validate(RoleRef reference, ApiList<Subject> subjects, bool namespaced, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("roleRef");
        if (reference.ApiGroup != BindingDefaults.Group)
        {
            errors.NotSupported(path.Child("apiGroup"), reference.ApiGroup, BindingDefaults.Group);
        }

        if (reference.Kind != "ClusterRole" && !(namespaced && reference.Kind == "Role"))
        {
            errors.NotSupported(path.Child("kind"), reference.Kind, namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]);
        }

        if (reference.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }
        else
        {
            errors.Invalid(NameRules.PathSegment(reference.Name, false), path.Child("name"), reference.Name);
        }

        for (int i = 0; i < subjects.Count; i++)
        {
            Validate(subjects[i], namespaced, FieldPath.Of("subjects").Index(i), errors);
        }
    }

    public static void ValidateUnchanged(RoleRef reference, RoleRef old, FieldErrors errors)
    {
        if (reference != old)
        {
            string value = ErrorValue.Object(
                ("APIGroup", ErrorValue.Json(reference.ApiGroup)),
                ("Kind", ErrorValue.Json(reference.Kind)),
                ("Name", ErrorValue.Json(reference.Name)));
            errors.InvalidRaw(FieldPath.Of("roleRef"), value, "cannot change roleRef");
        }
    }

    private static void Validate(Subject subject, bool namespaced, FieldPath path, FieldErrors errors)
    {
        if (subject.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }

        switch (subject.Kind)
        {
            case "ServiceAccount":
                if (subject.Name.Length > 0)
                {
                    errors.Invalid(NameRules.DnsSubdomain(subject.Name, false), path.Child("name"), subject.Name);
                }

                if (subject.ApiGroup.Length > 0)
                {
                    errors.NotSupported(path.Child("apiGroup"), subject.ApiGroup, "");
                }

                if (!namespaced && subject.Namespace.Length == 0)
                {
                    errors.Required(path.Child("namespace"), "");
                }

                break;
            case "User" or "Group":
                if (subject.ApiGroup != BindingDefaults.Group)
                {
                    errors.NotSupported(path.Child("apiGroup"), subject.ApiGroup, BindingDefaults.Group);
                }

                break;
            default:
                errors.NotSupported(path.Child("kind"), subject.Kind, "ServiceAccount", "User", "Group");
                break;
        }
    }
}
