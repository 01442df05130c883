using Keelson.Machinery.Validation;
using Keelson.Server.Authorization;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Authentication;

/// <summary>Whom a request wants to act as.</summary>
/// <param name="User">The user asked for, without what the server adds.</param>
/// <param name="HasGroups">Whether groups were asked for.</param>
internal sealed record ImpersonationRequest(UserInfo User, bool HasGroups);

/// <summary>What came of a request to act as someone else.</summary>
public sealed record ImpersonationOutcome
{
    /// <summary>The request doesn't ask for it.</summary>
    public static ImpersonationOutcome None { get; } = new();

    /// <summary>Who the request is from now on; null when it isn't anybody else.</summary>
    public UserInfo? User { get; init; }

    /// <summary>The constraint under which it was allowed (<c>impersonate:user-info</c>, …), for the audit
    /// log.</summary>
    public string Constraint { get; init; } = "";

    /// <summary>Why it may not.</summary>
    public ForbiddenRequest? Forbidden { get; init; }

    /// <summary>Headers that make no sense; a bad request.</summary>
    public string? Malformed { get; init; }
}

/// <summary>Lets users act as others (<c>kubectl --as</c>), when they may.</summary>
public sealed class Impersonation(IAuthorizer authorizer)
{
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";
    private static readonly string[] ExtraPrefixes = [ExtraPrefix];

    /// <summary>Looks whether a request asks to act as someone else, and whether it may. On success the headers are
    /// removed.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="request">What the request is about, by its own user.</param>
    /// <param name="cancellation">Ends waiting.</param>
    public async ValueTask<ImpersonationOutcome> ApplyAsync(
        IHeaderDictionary headers, AuthorizationAttributes request, CancellationToken cancellation)
    {
        if (Read(headers, out var malformed) is not { } wanted)
        {
            return malformed is null ? ImpersonationOutcome.None : new() { Malformed = malformed };
        }
        ImpersonationOutcome? first = null;
        foreach (var mode in ImpersonationMode.For(wanted, request.User))
        {
            var outcome = await mode.CheckAsync(authorizer, wanted, request, cancellation);
            if (outcome.User is not null)
            {
                headers.Remove(UserHeader);
                headers.Remove(GroupHeader);
                headers.Remove(UidHeader);
                IdentityHeaders.RemovePrefixed(headers, ExtraPrefixes);
                return outcome;
            }
            first ??= outcome;
        }
        return first!;
    }

    private static ImpersonationRequest? Read(IHeaderDictionary headers, out string? malformed)
    {
        malformed = null;
        string user = headers[UserHeader].FirstOrDefault() ?? "", uid = headers[UidHeader].FirstOrDefault() ?? "";
        var groups = headers[GroupHeader].OfType<string>().ToList();
        if (user.Length == 0 && uid.Length == 0 && groups.Count == 0 && !HasExtra(headers))
        {
            return null;
        }
        var extra = IdentityHeaders.ReadExtra(headers, ExtraPrefixes);
        if (user.Length == 0)
        {
            malformed = $"requested {Describe(groups, extra, uid)} without impersonating a user name";
            return null;
        }
        var wanted = new UserInfo { Name = user, Uid = uid, Groups = groups, Extra = extra };
        return new ImpersonationRequest(wanted, groups.Count > 0);
    }

    private static bool HasExtra(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The wish in Go's notation of values, as upstream shows it.</summary>
    private static string Describe(
        List<string> groups, Dictionary<string, IReadOnlyList<string>> extra, string uid)
    {
        string keys = extra.Count == 0
            ? "(nil)"
            : "{" + string.Join(", ", extra.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(
                pair => $"{GoText.Quote(pair.Key)}:{Strings(pair.Value)}")) + "}";
        return $"&user.DefaultInfo{{Name:\"\", UID:{GoText.Quote(uid)}, Groups:{Strings(groups)}, "
            + $"Extra:map[string][]string{keys}}}";
    }

    private static string Strings(IReadOnlyList<string> texts) => texts.Count == 0
        ? "[]string(nil)"
        : $"[]string{{{string.Join(", ", texts.Select(GoText.Quote))}}}";
}
