using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Selectors;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>
/// What every request goes through, in this order: request info, deadline, authentication, impersonation, limits,
/// authorization, then the path's endpoint or the resource's verb. Audit, and priority and fairness, have their place
/// between these steps.
/// </summary>
internal sealed class RequestPipeline(
    IRequestAuthenticator authenticator,
    IAuthorizer authorizer,
    ResourceHandler resources,
    IReadOnlyList<IPathEndpoint> endpoints,
    RequestLimits limits,
    IRequestObserver observer)
{
    private readonly Impersonation _impersonation = new(authorizer);

    /// <summary>Serves a request.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        bool isWatch = false;
        if (http.Request.QueryString.HasValue)
        {
            http.Request.Query = RequestTarget.ReadQuery(http.Request.QueryString.Value!);
            isWatch = RequestOptions.Truth(http.Request.Query, "watch");
        }

        RequestInfo info = RequestInfo.Read(http.Request.Method, RequestTarget.PathOf(http), isWatch);
        using RequestScope scope = observer.Begin(http, info);
        using RequestDeadline deadline = limits.Begin(http, info);
        try
        {
            if (deadline.Refused is { } refused)
            {
                await AnswerWriter.WriteStatusAsync(http, refused);
            }
            else
            {
                http.RequestAborted.ThrowIfCancellationRequested();
                await ServeAsync(http, info);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Otherwise the client went away, and there is nobody to answer.
            if (deadline.HasPassed && http.Response.HasStarted)
            {
                // Half an answer must not look like a whole one.
                http.Abort();
            }
            else if (deadline.HasPassed)
            {
                deadline.Dispose();
                await RequestDeadline.WritePassedAsync(http);
            }
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            observer.Failed(http, exception);
            await AnswerWriter.WriteStatusAsync(http, StatusMapper.Map(exception));
        }
    }

    private async Task ServeAsync(HttpContext http, RequestInfo info)
    {
        if (await IdentifyAsync(http, info) is not { } attributes)
        {
            return;
        }

        using InFlightPlace place = limits.Enter(info, attributes.User);
        if (!place.IsTaken)
        {
            await InFlightPlace.WriteRefusalAsync(http);
            return;
        }

        AuthorizationDecision decision = await authorizer.AuthorizeAsync(attributes, http.RequestAborted);
        await (decision.IsAllowed
            ? ServeAsync(http, info, attributes.User)
            : WriteForbiddenAsync(http, ForbiddenRequest.Of(attributes, decision.Reason)));
    }

    /// <summary>What the request is, by whom, after impersonation; null when it was answered already.</summary>
    private async ValueTask<AuthorizationAttributes?> IdentifyAsync(HttpContext http, RequestInfo info)
    {
        AuthenticationOutcome outcome = await authenticator.AuthenticateAsync(
            new AuthenticationRequest(http.Request.Headers, info.Path, ServingTls.PeerOf(http)), http.RequestAborted);
        if (outcome.User is not { } user)
        {
            await AnswerWriter.WriteStatusAsync(http, ApiErrors.Unauthorized());
            return null;
        }

        AuthorizationAttributes attributes = AttributesOf(http, info, user);
        ImpersonationOutcome impersonated = await _impersonation.ApplyAsync(
            http.Request.Headers, attributes, http.RequestAborted);
        if (impersonated.Malformed is { } malformed)
        {
            await AnswerWriter.WriteStatusAsync(http, ApiErrors.BadRequest(malformed));
            return null;
        }

        if (impersonated.Forbidden is { } forbidden)
        {
            await WriteForbiddenAsync(http, forbidden);
            return null;
        }

        return impersonated.User is { } other ? attributes with { User = other } : attributes;
    }

    private async Task ServeAsync(HttpContext http, RequestInfo info, UserInfo user)
    {
        if (info.IsResource)
        {
            if (!info.HasRoot || !await resources.TryHandleAsync(http, info, user))
            {
                await WriteNotFoundAsync(http);
            }

            return;
        }

        foreach (IPathEndpoint endpoint in endpoints)
        {
            if (endpoint.Serves(info.Path))
            {
                await endpoint.ServeAsync(http);
                return;
            }
        }

        await WriteNotFoundAsync(http);
    }

    private static Task WriteForbiddenAsync(HttpContext http, ForbiddenRequest forbidden)
    {
        http.Response.Headers["X-Content-Type-Options"] = "nosniff";
        StatusDetails details = new() { Name = forbidden.Name, Group = forbidden.Group, Kind = forbidden.Resource };
        return AnswerWriter.WriteStatusAsync(http, ApiErrors.Make(403, "Forbidden", forbidden.Message, details));
    }

    private static Task WriteNotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = 404;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers["X-Content-Type-Options"] = "nosniff";
        return http.Response.WriteAsync("404 page not found\n");
    }

    private static AuthorizationAttributes AttributesOf(HttpContext http, RequestInfo info, UserInfo user)
    {
        if (!info.IsResource)
        {
            return new AuthorizationAttributes { User = user, Verb = info.Verb, IsResourceRequest = false, Path = info.Path };
        }

        string name = info.Name;
        if (name.Length == 0 && info is { Verb: "list" or "watch", IsWatchPath: false } && http.Request.Query.Count > 0)
        {
            // A list of the one object that a field selector names may be allowed by a rule that names the object.
            name = NameInSelector(http.Request.Query);
        }

        AuthorizationAttributes attributes = new()
        {
            User = user,
            Verb = info.Verb,
            ApiGroup = info.Group,
            ApiVersion = info.Version,
            Resource = info.Resource,
            Subresource = info.Subresource,
            Namespace = info.Namespace,
            Name = name,
            Path = info.Path,
        };
        return http.Request.Query.Count > 0 && info.Verb is "list" or "watch" or "deletecollection"
            ? attributes.WithSelectors(
                RequestOptions.Text(http.Request.Query, "fieldSelector"), RequestOptions.Text(http.Request.Query, "labelSelector"))
            : attributes;
    }

    /// <summary>The name of the field selector; options that can't be read as a whole name nothing.</summary>
    private static string NameInSelector(IQueryCollection query)
    {
        string selector = RequestOptions.Text(query, "fieldSelector");
        return selector.Length > 0
            && FieldMatcher.TryParse(selector, out FieldMatcher? fields, out _)
            && fields.RequiredValue("metadata.name") is { } name
            && !NameRules.PathSegment(name, false).Any()
            && LabelMatcher.TryParse(RequestOptions.Text(query, "labelSelector"), out _, out _)
            && RequestOptions.Number(query, "limit").Error is null
            && RequestOptions.Number(query, "timeoutSeconds").Error is null
            ? name
            : "";
    }
}

/// <summary>Watches requests go by: metrics, log, later audit.</summary>
internal interface IRequestObserver
{
    /// <summary>A request begins; the scope's end is its end.</summary>
    RequestScope Begin(HttpContext http, RequestInfo info);

    /// <summary>A request failed for a reason that is the server's.</summary>
    void Failed(HttpContext http, Exception exception);
}

/// <summary>A request's time in the server.</summary>
internal readonly struct RequestScope(Action<HttpContext, RequestInfo, long>? end, HttpContext http, RequestInfo info, long start) : IDisposable
{
    /// <summary>The request is over.</summary>
    public void Dispose() => end?.Invoke(http, info, start);
}
