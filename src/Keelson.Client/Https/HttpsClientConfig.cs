using System.Security.Cryptography.X509Certificates;

namespace Keelson.Client.Https;

/// <summary>How a client behaves towards the server, beside whom it speaks as.</summary>
public sealed record HttpsClientConfig
{
    /// <summary>The program's name: the first word of its User-Agent, and who comes to own the fields it
    /// writes.</summary>
    public required string Program { get; init; }

    /// <summary>Requests a second in the long run (<c>--kube-api-qps</c>); 0 or less for no limit.</summary>
    public double Qps { get; init; } = 20;

    /// <summary>Requests that may go at once (<c>--kube-api-burst</c>).</summary>
    public int Burst { get; init; } = 30;

    /// <summary>How long a request may take; watches are not concerned.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The shortest time for which a watch is asked; up to as much again comes on top, by chance.</summary>
    public TimeSpan WatchTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gives a token in place of what the kubeconfig has; null for the kubeconfig's identity.</summary>
    public ITokenSource? Tokens { get; init; }

    /// <summary>Gives the certificate to show, in place of what the kubeconfig has; null for the kubeconfig's. It is
    /// asked at each request: once another one is given, new connections show that one.</summary>
    public Func<X509Certificate2>? Certificate { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;
}

/// <summary>Gives the bearer token that is good now.</summary>
public interface ITokenSource
{
    /// <summary>The token; empty for none. A token that can't be got is a <see cref="TokenException"/>.</summary>
    ValueTask<string> TokenAsync(CancellationToken cancellationToken);
}

/// <summary>There is no token; the message says why.</summary>
public sealed class TokenException(string message, Exception? inner = null) : Exception(message, inner);
