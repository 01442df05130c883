using Keelson.Machinery.Validation;

namespace Keelson.Api.Rbac.V1;

public sealed partial record ClusterRoleBinding
{
    /// <inheritdoc/>
    public static void Validate(ClusterRoleBinding obj, FieldErrors errors) =>
        BindingRules.Validate(obj.RoleRef, obj.Subjects, namespaced: false, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(ClusterRoleBinding obj, ClusterRoleBinding old, FieldErrors errors)
    {
        Validate(obj, errors);
        BindingRules.ValidateUnchanged(obj.RoleRef, old.RoleRef, errors);
    }
}
