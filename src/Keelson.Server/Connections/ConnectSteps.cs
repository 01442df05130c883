using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Admission;
using Keelson.Server.Authorization;
using Keelson.Server.Http;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Keelson.Server.Connections;

/// <summary>What every connection goes through before it is made.</summary>
internal sealed class ConnectSteps(AdmissionChain admission, IAuthorizer authorizer)
{
    /// <summary>Lets admission look at the connection; null when it may be made.</summary>
    public async ValueTask<Status?> AdmitAsync(ResourceCall call, ConnectOptions options)
    {
        ApiRequest request = new()
        {
            User = call.User,
            Kind = call.Kind,
            Verb = "connect",
            Now = call.Now,
            Namespace = call.Kind.Info.Namespaced ? call.Info.Namespace : "",
            Name = call.Info.Name,
            Subresource = call.Info.Subresource,
        };
        AdmissionContext context = new(request, AdmissionOperation.Connect, options, null);
        Status? refusal = await admission.AdmitAsync(context, call.Aborted)
            ?? await admission.ValidateAsync(context, call.Aborted);
        call.WriteWarnings(request);
        return refusal;
    }

    /// <summary>
    /// Who reaches into a pod has to be allowed to "create" there, also when the request is a GET, as WebSockets' are.
    /// </summary>
    public async ValueTask<Status?> RequireCreateAsync(ResourceCall call)
    {
        RequestInfo info = call.Info;
        if (info.Verb == "create")
        {
            return null;
        }

        AuthorizationDecision decision = await authorizer.AuthorizeAsync(
            new AuthorizationAttributes
            {
                User = call.User,
                Verb = "create",
                ApiGroup = info.Group,
                ApiVersion = info.Version,
                Resource = info.Resource,
                Subresource = info.Subresource,
                Namespace = info.Namespace,
                Name = info.Name,
                Path = info.Path,
            },
            call.Aborted);
        return decision.IsAllowed ? null : ApiErrors.Forbidden(info.Group, info.Resource, info.Name, decision.Reason);
    }

    /// <summary>Lets the client send as slowly as it likes: somebody may be typing.</summary>
    public static void AllowPauses(ResourceCall call)
    {
        if (call.Http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    /// <summary>Connections can't be tried out.</summary>
    public static Status? RefuseDryRun(ResourceCall call) => call.Http.Request.Query.ContainsKey("dryRun")
        ? ApiErrors.BadRequest("dryRun is not supported")
        : null;
}
