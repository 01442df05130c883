using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authorization.V1;

/// <summary>User and action to check; exactly one of the two attribute fields is set.</summary>
[ApiType("io.k8s.api.authorization.v1.SubjectAccessReviewSpec")]
public sealed partial record SubjectAccessReviewSpec
{
    /// <summary>Action on a resource.</summary>
    [Field(1)]
    public partial ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>Action on another URL.</summary>
    [Field(2)]
    public partial NonResourceAttributes? NonResourceAttributes { get; init; }

    /// <summary>User to check. If empty, only the groups count; one of the two is needed.</summary>
    [Field(3)]
    public partial string User { get; init; }

    /// <summary>Groups to check.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<string> Groups { get; init; }

    /// <summary>Further attributes of the user, as the authenticator would supply them.</summary>
    [Field(5)]
    public partial ApiMap<ApiList<string>> Extra { get; init; }

    /// <summary>UID of the user.</summary>
    [Field(6)]
    public partial string Uid { get; init; }
}
