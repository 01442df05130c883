using System.Runtime.CompilerServices;

namespace Keelson.Server.Authentication;

/// <summary>Whether those who show nothing are let in as <c>system:anonymous</c>, and where.</summary>
public sealed record AnonymousConfig
{
    /// <summary>Let in at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The only paths they may ask for; none for all.</summary>
    public IReadOnlySet<string> Paths { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>The authenticators in order. The first that knows who it is decides; what is wrong with one credential
/// doesn't hinder the next, but a wrong credential never makes a request anonymous.</summary>
public sealed class AuthenticationChain(
    IReadOnlyList<IRequestAuthenticator> authenticators, AnonymousConfig anonymous) : IRequestAuthenticator
{
    private static readonly AuthenticationOutcome AnonymousUser = AuthenticationOutcome.Authenticated(
        new UserInfo { Name = WellKnownUsers.Anonymous, Groups = [WellKnownUsers.UnauthenticatedGroup] });

    // The record with the group added is kept with the one without, so that a client certificate's user, which is the
    // same object at every request of a connection, costs nothing here.
    private static readonly ConditionalWeakTable<UserInfo, UserInfo> Completed = [];

    /// <inheritdoc/>
    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        AuthenticationRequest request, CancellationToken cancellation)
    {
        List<string>? failures = null;
        foreach (var authenticator in authenticators)
        {
            var outcome = await authenticator.AuthenticateAsync(request, cancellation);
            if (outcome.User is { } user)
            {
                return WithAuthenticatedGroup(outcome, user);
            }
            if (outcome.IsFailed)
            {
                (failures ??= []).AddRange(outcome.Failures);
            }
        }
        if (failures is not null)
        {
            return AuthenticationOutcome.Failed(failures);
        }
        return anonymous.Enabled && (anonymous.Paths.Count == 0 || anonymous.Paths.Contains(request.Path))
            ? AnonymousUser
            : AuthenticationOutcome.NotMine;
    }

    private static AuthenticationOutcome WithAuthenticatedGroup(AuthenticationOutcome outcome, UserInfo user)
    {
        if (user.Name == WellKnownUsers.Anonymous)
        {
            return outcome;
        }
        foreach (var group in user.Groups)
        {
            if (group is WellKnownUsers.AuthenticatedGroup or WellKnownUsers.UnauthenticatedGroup)
            {
                return outcome;
            }
        }
        var completed = Completed.GetValue(
            user, static user => user with { Groups = [.. user.Groups, WellKnownUsers.AuthenticatedGroup] });
        return outcome.WithUser(completed);
    }
}
