using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Wire;
using Keelson.Store;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Turns exceptions, which are bugs and I/O, into a status. Expected outcomes are statuses already.</summary>
internal static class StatusMapper
{
    /// <summary>The status of an exception.</summary>
    public static Status Map(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: 413 } =>
            ApiErrors.TooLarge($"Request entity too large: limit is {ResourceCall.LargestBody}"),
        BadHttpRequestException bad => ApiErrors.BadRequest(bad.Message),
        DecodeException or JsonException => ApiErrors.BadRequest(exception.Message),
        StoreUnavailableException => ApiErrors.Unavailable(exception.Message),
        OperationCanceledException or TimeoutException =>
            ApiErrors.Timeout("request did not complete within the allotted timeout", 0),
        _ => ApiErrors.Internal(exception.Message),
    };
}
