using Keelson;
using Keelson.Commands.UserCommands;

LeanRuntime.Enter(args);
return await CommandCatalog.RunAsync(args, CommandConsole.Process, CancellationToken.None);
