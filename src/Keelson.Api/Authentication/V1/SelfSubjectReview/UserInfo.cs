using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authentication.V1;

/// <summary>Identity of a user.</summary>
[ApiType("io.k8s.api.authentication.v1.UserInfo")]
public sealed partial record UserInfo
{
    /// <summary>Name that identifies the user.</summary>
    [Field(1)]
    public partial string Username { get; init; }

    /// <summary>Identifier that stays unique over time, even if the name is reused.</summary>
    [Field(2)]
    public partial string Uid { get; init; }

    /// <summary>Groups the user belongs to.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Groups { get; init; }

    /// <summary>Further attributes supplied by the authenticator.</summary>
    [Field(4)]
    public partial ApiMap<ApiList<string>> Extra { get; init; }
}
