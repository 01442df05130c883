using Keelson.Api.Kinds;

namespace Keelson.Api.Rbac.V1;

/// <summary>Identity that receives permissions: a user, a group or a service account.</summary>
[ApiType("io.k8s.api.rbac.v1.Subject", Atomic = true)]
public sealed partial record Subject
{
    /// <summary>User, Group or ServiceAccount.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>
    /// API group of the kind. Defaults to the empty string for ServiceAccount and to rbac.authorization.k8s.io for
    /// User and Group.
    /// </summary>
    [Field(2)]
    public partial string ApiGroup { get; init; }

    /// <summary>Name of the user, group or service account.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Namespace of the service account. Required for that kind and forbidden for the others.</summary>
    [Field(4)]
    public partial string Namespace { get; init; }
}
