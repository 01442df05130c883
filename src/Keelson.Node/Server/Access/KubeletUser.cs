namespace Keelson.Nodes.Server.Access;

/// <summary>Who asks.</summary>
internal sealed record KubeletUser(string Name, string Uid, IReadOnlyList<string> Groups)
{
    public const string AuthenticatedGroup = "system:authenticated";

    /// <summary>Who shows no credentials, where that is allowed.</summary>
    public static readonly KubeletUser Anonymous = new("system:anonymous", "", ["system:unauthenticated"]);

    /// <summary>What the authenticator knows besides.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The user as somebody who showed who they are.</summary>
    public KubeletUser AsAuthenticated() => Groups.Contains(AuthenticatedGroup)
        ? this
        : this with { Groups = [.. Groups, AuthenticatedGroup] };

    /// <summary>What tells one user from another.</summary>
    public string CacheKey() => string.Join('\n',
    [
        Name, Uid, .. Groups,
        .. Extra.OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static one => one.Key + "\t" + string.Join('\t', one.Value)),
    ]);
}
