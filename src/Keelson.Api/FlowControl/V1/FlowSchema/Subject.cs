using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Who makes a request; the field that belongs to kind is set.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.Subject")]
public sealed partial record Subject
{
    /// <summary>User, Group or ServiceAccount.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.SubjectKind")]
    public partial string Kind { get; init; }

    /// <summary>User, when kind is User.</summary>
    [Field(2)]
    public partial UserSubject? User { get; init; }

    /// <summary>Group, when kind is Group.</summary>
    [Field(3)]
    public partial GroupSubject? Group { get; init; }

    /// <summary>Service account, when kind is ServiceAccount.</summary>
    [Field(4)]
    public partial ServiceAccountSubject? ServiceAccount { get; init; }
}
