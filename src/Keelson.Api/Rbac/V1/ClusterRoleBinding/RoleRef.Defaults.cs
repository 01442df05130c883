using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>The defaults that both kinds of bindings share.</summary>
internal static class BindingDefaults
{
    public const string Group = "rbac.authorization.k8s.io";

    public static RoleRef SetDefaults(RoleRef reference) =>
        reference.ApiGroup.Length == 0 ? reference with { ApiGroup = Group } : reference;

    public static ApiList<Subject> SetDefaults(ApiList<Subject> subjects) => subjects.Map(static subject =>
        subject is { ApiGroup.Length: 0, Kind: "User" or "Group" } ? subject with { ApiGroup = Group } : subject);
}
