using Keelson.Api.Kinds;

namespace Keelson.Api.Rbac.V1;

/// <summary>Identifies the role a binding grants.</summary>
[ApiType("io.k8s.api.rbac.v1.RoleRef", Atomic = true)]
public sealed partial record RoleRef
{
    /// <summary>
    /// API group of the role; only rbac.authorization.k8s.io is valid, which is also the default.
    /// </summary>
    [Field(1, Always = true)]
    public partial string ApiGroup { get; init; }

    /// <summary>Role or ClusterRole; a ClusterRoleBinding accepts only ClusterRole.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>Name of the role.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Name { get; init; }
}
