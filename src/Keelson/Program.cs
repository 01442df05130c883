using System.CommandLine;
using Keelson.Commands;

RootCommand root = new("Keelson: a complete Kubernetes cluster in one program.")
{
    UpCommand.Create(),
    ApiServerCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
