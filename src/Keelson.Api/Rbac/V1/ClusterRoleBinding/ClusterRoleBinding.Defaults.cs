namespace Keelson.Api.Rbac.V1;

public sealed partial record ClusterRoleBinding
{
    /// <inheritdoc/>
    public static ClusterRoleBinding SetDefaults(ClusterRoleBinding obj)
    {
        RoleRef reference = BindingDefaults.SetDefaults(obj.RoleRef);
        var subjects = BindingDefaults.SetDefaults(obj.Subjects);
        return ReferenceEquals(reference, obj.RoleRef) && subjects == obj.Subjects
            ? obj
            : obj with { RoleRef = reference, Subjects = subjects };
    }
}
