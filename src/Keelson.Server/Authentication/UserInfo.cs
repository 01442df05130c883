using System.Collections.Frozen;

namespace Keelson.Server.Authentication;

/// <summary>Who makes a request.</summary>
public sealed record UserInfo
{
    /// <summary>The user's name, unique among active users.</summary>
    public required string Name { get; init; }

    /// <summary>Tells apart users of one name over time; empty when there is none.</summary>
    public string Uid { get; init; } = "";

    /// <summary>The groups the user is in.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What the authenticator knows besides.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } =
        FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>The single value of an extra key; null when there is none, or more than one.</summary>
    public string? ExtraValue(string key) => Extra.TryGetValue(key, out var values) && values is [var value]
        ? value
        : null;
}

/// <summary>Names of users, groups and extra keys that have a meaning of their own.</summary>
public static class WellKnownUsers
{
    /// <summary>Who shows no identity at all.</summary>
    public const string Anonymous = "system:anonymous";

    /// <summary>The group of all who showed who they are.</summary>
    public const string AuthenticatedGroup = "system:authenticated";

    /// <summary>The group of all who did not.</summary>
    public const string UnauthenticatedGroup = "system:unauthenticated";

    /// <summary>The group that may do everything.</summary>
    public const string MastersGroup = "system:masters";

    /// <summary>The group of the nodes' agents.</summary>
    public const string NodesGroup = "system:nodes";

    /// <summary>What the names of the nodes' agents begin with.</summary>
    public const string NodePrefix = "system:node:";

    /// <summary>Extra key: which credential was shown.</summary>
    public const string CredentialIdKey = "authentication.kubernetes.io/credential-id";

    /// <summary>Extra key: the pod a token is bound to.</summary>
    public const string PodNameKey = "authentication.kubernetes.io/pod-name";

    /// <summary>Extra key: that pod's uid.</summary>
    public const string PodUidKey = "authentication.kubernetes.io/pod-uid";

    /// <summary>Extra key: the node of a token's pod, or the node a token is bound to.</summary>
    public const string NodeNameKey = "authentication.kubernetes.io/node-name";

    /// <summary>Extra key: that node's uid.</summary>
    public const string NodeUidKey = "authentication.kubernetes.io/node-uid";
}

/// <summary>How service accounts are named as users.</summary>
public static class ServiceAccountUsers
{
    private const string Prefix = "system:serviceaccount:";
    private const string AllGroup = "system:serviceaccounts";

    /// <summary>The user's name of a service account.</summary>
    public static string UserName(string serviceAccountNamespace, string name) =>
        $"{Prefix}{serviceAccountNamespace}:{name}";

    /// <summary>The groups every service account of a namespace is in.</summary>
    public static IReadOnlyList<string> Groups(string serviceAccountNamespace) =>
        [AllGroup, $"{AllGroup}:{serviceAccountNamespace}"];

    /// <summary>Takes a user's name apart; false when it is no service account's, or the parts are not names that
    /// Kubernetes allows.</summary>
    public static bool TrySplit(string userName, out string serviceAccountNamespace, out string name)
    {
        serviceAccountNamespace = name = "";
        if (!userName.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }
        if (userName[Prefix.Length..].Split(':') is not [var first, var second]
            || !IsDnsLabel(first) || !IsDnsSubdomain(second))
        {
            return false;
        }
        (serviceAccountNamespace, name) = (first, second);
        return true;
    }

    private static bool IsDnsLabel(ReadOnlySpan<char> text) => text.Length is > 0 and <= 63 && IsDnsPart(text);

    private static bool IsDnsSubdomain(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 253)
        {
            return false;
        }
        foreach (var part in text.Split('.'))
        {
            if (!IsDnsPart(text[part]))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsDnsPart(ReadOnlySpan<char> text) =>
        text.Length > 0 && text[0] != '-' && text[^1] != '-'
        && !text.ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-");
}
