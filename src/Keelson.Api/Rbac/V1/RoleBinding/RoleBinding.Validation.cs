using Keelson.Machinery.Validation;

namespace Keelson.Api.Rbac.V1;

public sealed partial record RoleBinding
{
    /// <inheritdoc/>
    public static void Validate(RoleBinding obj, FieldErrors errors) =>
        BindingRules.Validate(obj.RoleRef, obj.Subjects, namespaced: true, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(RoleBinding obj, RoleBinding old, FieldErrors errors)
    {
        Validate(obj, errors);
        BindingRules.ValidateUnchanged(obj.RoleRef, old.RoleRef, errors);
    }
}
