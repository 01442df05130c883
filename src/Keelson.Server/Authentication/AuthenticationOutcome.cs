namespace Keelson.Server.Authentication;

/// <summary>What an authenticator says: this is who it is; or nothing here is for me; or what is here is
/// wrong.</summary>
public readonly struct AuthenticationOutcome
{
    private AuthenticationOutcome(UserInfo? user, IReadOnlyList<string>? audiences, IReadOnlyList<string>? failures)
    {
        User = user;
        Audiences = audiences ?? [];
        Failures = failures ?? [];
    }

    /// <summary>The request carries nothing of the authenticator's kind.</summary>
    public static AuthenticationOutcome NotMine => default;

    /// <summary>Who it is; null when that was not found out.</summary>
    public UserInfo? User { get; }

    /// <summary>For whom the credential was made, as far as the caller asked for them; empty when the credential
    /// doesn't say.</summary>
    public IReadOnlyList<string> Audiences { get => field ?? []; }

    /// <summary>What is wrong, one text a reason; empty when nothing is.</summary>
    public IReadOnlyList<string> Failures { get => field ?? []; }

    /// <summary>What the audit log should know about the credential.</summary>
    public IReadOnlyDictionary<string, string>? AuditAnnotations { get; init; }

    /// <summary>True when it is known who it is.</summary>
    public bool IsAuthenticated => User is not null;

    /// <summary>True when something is wrong with what was shown.</summary>
    public bool IsFailed => User is null && Failures.Count > 0;

    /// <summary>The failures as upstream joins them: <c>[a, b]</c>, or just <c>a</c>.</summary>
    public string FailureText
    {
        get
        {
            var distinct = Failures.Distinct(StringComparer.Ordinal).ToList();
            return distinct.Count == 1 ? distinct[0] : $"[{string.Join(", ", distinct)}]";
        }
    }

    /// <summary>It is this user.</summary>
    public static AuthenticationOutcome Authenticated(UserInfo user, IReadOnlyList<string>? audiences = null) =>
        new(user, audiences, null);

    /// <summary>The same with another record of the user.</summary>
    internal AuthenticationOutcome WithUser(UserInfo user) =>
        new(user, Audiences, null) { AuditAnnotations = AuditAnnotations };

    /// <summary>The credential is of the authenticator's kind, and wrong.</summary>
    public static AuthenticationOutcome Failed(params IReadOnlyList<string> failures) => new(null, null, failures);
}
