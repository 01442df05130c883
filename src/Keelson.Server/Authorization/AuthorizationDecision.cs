namespace Keelson.Server.Authorization;

/// <summary>What an authorizer makes of a request.</summary>
public enum AuthorizationVerdict
{
    /// <summary>Not its business; another may allow it.</summary>
    NoOpinion,

    /// <summary>Allowed; nobody else is asked.</summary>
    Allow,

    /// <summary>Denied; nobody else is asked.</summary>
    Deny,
}

/// <summary>A verdict, why, and what went wrong on the way (which need not hinder an allowance).</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Why, in upstream's words; empty for no reason.</param>
/// <param name="Error">What could not be evaluated; null for nothing.</param>
public readonly record struct AuthorizationDecision(AuthorizationVerdict Verdict, string Reason, string? Error = null)
{
    /// <summary>True when the request may go on.</summary>
    public bool IsAllowed => Verdict == AuthorizationVerdict.Allow;

    /// <summary>Nothing to say.</summary>
    public static AuthorizationDecision NoOpinion { get; } = new(AuthorizationVerdict.NoOpinion, "");

    /// <summary>Allowed without a reason.</summary>
    public static AuthorizationDecision Allow { get; } = new(AuthorizationVerdict.Allow, "");
}

/// <summary>Decides whether someone may do something.</summary>
public interface IAuthorizer
{
    /// <summary>Decides. Completes at once unless somebody else has to be asked.</summary>
    ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation);
}
