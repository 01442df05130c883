using Keelson.Api.Authorization.V1;
using Keelson.Server.Authentication;

namespace Keelson.Server.Authorization;

/// <summary>Lists what someone may do, as far as that can be listed.</summary>
public interface IRuleResolver
{
    /// <summary>What a user may do in a namespace.</summary>
    UserRules RulesFor(UserInfo user, string objectNamespace);
}

/// <summary>What someone may do.</summary>
public sealed record UserRules
{
    /// <summary>To resources.</summary>
    public IReadOnlyList<ResourceRule> Resources { get; init; } = [];

    /// <summary>To paths.</summary>
    public IReadOnlyList<NonResourceRule> NonResources { get; init; } = [];

    /// <summary>True when there may be more.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>Why, one text a reason.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];
}
