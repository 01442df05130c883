namespace Keelson.Rpc.Server;

/// <summary>A mapped method with its types closed over: reads, runs, writes; the status is the caller's part.</summary>
internal delegate Task RpcHandler(RpcServerContext context);
