namespace Keelson.Api.Rbac.V1;

public sealed partial record RoleBinding
{
    /// <inheritdoc/>
    public static RoleBinding SetDefaults(RoleBinding obj)
    {
        RoleRef reference = BindingDefaults.SetDefaults(obj.RoleRef);
        var subjects = BindingDefaults.SetDefaults(obj.Subjects);
        return ReferenceEquals(reference, obj.RoleRef) && subjects == obj.Subjects
            ? obj
            : obj with { RoleRef = reference, Subjects = subjects };
    }
}
